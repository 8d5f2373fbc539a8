"""The `scarwise` command: checks, builds and reviews the knowledge, replays and evaluates."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date

from scarwise.faults import FaultyDataError


def _check(_: argparse.Namespace) -> int:
    from scarwise.knowledge.check import check

    report = check(date.today())
    for fault in report.faults:
        print(fault)
    for warning in report.warnings:
        print(f"warning: {warning}")
    for figure in report.figures:
        print(figure)
    print(f"{len(report.faults)} faults" if report.faults else "No faults.")
    return 1 if report.faults else 0


def _build(options: argparse.Namespace) -> int:
    from scarwise.knowledge import build
    from scarwise.places import shown

    if options.check:
        faults = build.stale()
        for fault in faults:
            print(fault)
        print("Built files are stale." if faults else "Built files are up to date.")
        return 1 if faults else 0
    for path in build.write():
        print(f"wrote {shown(path)}")
    return 0


def _annotate(_: argparse.Namespace) -> int:
    from scarwise.knowledge.annotate import annotate

    for path, count in annotate():
        print(f"{path}: marked {count} phrasings")
    return 0


def _review(options: argparse.Namespace) -> int:
    from scarwise.review import commands

    return commands.run(options, date.today())


def _replay(options: argparse.Namespace) -> int:
    from scarwise import replay

    return replay.main(options.file, options.channel)


def _evaluate(options: argparse.Namespace) -> int:
    from scarwise.evaluation import evaluate

    if bool(options.public) != bool(options.format):
        print("scarwise: --public and --format belong together", file=sys.stderr)
        return 2
    return evaluate.main(options)


def _run(options: argparse.Namespace) -> int:
    from scarwise import serve

    if options.sms_demo:
        return _served(lambda: serve.run_sms_demo(options.port))
    return _served(lambda: serve.run(options.host, options.port))


def _shell(_: argparse.Namespace) -> int:
    from scarwise import serve

    return _served(serve.shell)


def _forget(_: argparse.Namespace) -> int:
    from scarwise.clinic import load_clinic
    from scarwise.storage.database import DatabaseSettingError
    from scarwise.storage.forgetting import delete_expired

    try:
        return 0 if delete_expired(load_clinic().keep_days) else 1
    except DatabaseSettingError as error:
        print(f"scarwise: {error}", file=sys.stderr)
        return 1


def _propose(options: argparse.Namespace) -> int:
    from pathlib import Path

    from scarwise.proposing import propose

    return propose.main(Path(options.document), Path(options.into) if options.into else None)


def _gaps(options: argparse.Namespace) -> int:
    from scarwise import gaps

    return gaps.main(options.at_least, options.json)


def _requests(options: argparse.Namespace) -> int:
    from scarwise import request_list
    from scarwise.clinic import load_clinic

    done = options.number if options.action == "done" else None
    return request_list.main(done, options.json, load_clinic().keep_days)


def _served(start: Callable[[], int]) -> int:
    from scarwise.serve import ServeError

    try:
        return start()
    except ServeError as error:
        print(f"scarwise: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scarwise", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("check", help="report every fault of the data files")
    command.set_defaults(run=_check)

    command = commands.add_parser("build", help="make training data, rules and the domain's part")
    command.add_argument("--check", action="store_true", help="only say whether they are stale")
    command.set_defaults(run=_build)

    command = commands.add_parser("annotate", help="mark the known terms in data/questions")
    command.set_defaults(run=_annotate)

    command = commands.add_parser("review", help="list what needs review, or record a review")
    command.add_argument(
        "--html", metavar="FILE",
        help="write a booklet of all answers to print, and beside it a sheet (CSV) to fill in",
    )  # fmt: skip
    command.set_defaults(run=_review)
    _review_actions(command)

    command = commands.add_parser("propose", help="what a new document could answer or change")
    command.add_argument("document", help="a file: .md, .txt, .html, .pdf or .docx")
    command.add_argument("--into", metavar="FOLDER", help="a new folder for the drafts")
    command.set_defaults(run=_propose)

    command = commands.add_parser("gaps", help="what patients asked and got no answer to")
    command.add_argument(
        "--at-least", type=int, default=3, metavar="N",
        help="show what at least so many chats asked (%(default)s); the rest is only counted",
    )  # fmt: skip
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=_gaps)

    command = commands.add_parser("requests", help="who asked for a call back")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=_requests, action="list")
    actions = command.add_subparsers(dest="action", metavar="ACTION")
    done = actions.add_parser("done", help="delete a request whose call was made")
    done.add_argument("number", help="such as 1234-5678")

    command = commands.add_parser("replay", help="what patients would get, as JSON Lines")
    command.add_argument("file", help="JSON Lines with id and text, or id and turns; - for stdin")
    command.add_argument(
        "--channel", choices=["web", "sms"], default="web",
        help="whose texts to write; those of sms have numbers and MORE",
    )  # fmt: skip
    command.set_defaults(run=_replay)

    command = commands.add_parser("evaluate", help="how well patients are understood: a report")
    against = command.add_mutually_exclusive_group()
    against.add_argument("--check", action="store_true", help="fail on a loss beyond noise")
    against.add_argument("--accept", action="store_true", help="make this run the baseline")
    command.add_argument(
        "--baseline-classifier", action=argparse.BooleanOptionalAction, default=True,
        help="train and ask Rasa's own classifiers, too (about a minute)",
    )  # fmt: skip
    command.add_argument("--public", metavar="FILE", help="the recipe on a public set instead")
    command.add_argument("--format", choices=["clinc150", "banking77", "hint3"])
    command.add_argument("--train", metavar="FILE", help="the public set's training questions")
    command.add_argument("--shots", type=int, metavar="N", help="train on N phrasings a label")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("forget", help="delete chats that are kept too long")
    command.add_argument(
        "--expired", action="store_true", required=True,
        help="what is older than keep_days in clinic.yml; `scarwise run` does it every day, too",
    )  # fmt: skip
    command.set_defaults(run=_forget)

    command = commands.add_parser("run", help="serve patients: the page and its HTTP interface")
    command.add_argument("--host", default="127.0.0.1", help="interface to listen on (%(default)s)")
    command.add_argument("--port", type=int, default=5005, help="port to listen on (%(default)s)")
    command.add_argument(
        "--sms-demo", action="store_true", help="with a pretend phone that writes text messages"
    )  # fmt: skip
    command.set_defaults(run=_run)

    command = commands.add_parser("shell", help="talk with the assistant in the terminal")
    command.set_defaults(run=_shell)
    return parser


def _review_actions(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", metavar="ACTION")
    show = actions.add_parser("show", help="an answer beside its passages, sources and changes")
    show.add_argument("answer", metavar="ANSWER", help="id of an answer")
    sign = actions.add_parser("sign", help="vouch for answers as they stand now")
    sign.add_argument(
        "answers", nargs="+", metavar="ANSWER", help="ids; `due` for all, with --kind source"
    )
    sign.add_argument("--next", metavar="DATE", help="until when it holds; a year if left out")
    back = actions.add_parser("send-back", help="withdraw an answer until it is changed")
    back.add_argument("answer", metavar="ANSWER", help="id of an answer")
    back.add_argument("--comment", required=True, help="what must be changed")
    for one in (sign, back):
        one.add_argument("--hash", help="what was seen, as `show` prints it; a clinician needs it")
        one.add_argument("--role", required=True, help='who decides, such as "plastic surgeon"')
        one.add_argument("--name", help="the name of the person who decides")
        one.add_argument("--kind", choices=["source", "clinician"], default="clinician")
    sheet = actions.add_parser("import", help="read the decisions in a filled sheet")
    sheet.add_argument("file", metavar="FILE.csv")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 when all is well, 1 for faults, 2 for wrong use."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except FaultyDataError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader (`head`, say) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
