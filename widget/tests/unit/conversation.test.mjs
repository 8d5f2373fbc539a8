import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Conversation } from "../../src/conversation.ts";
import { Refused } from "../../src/door.ts";

/** A server that keeps what it is told; `cuts` decides what happens to each request. */
class FakeDoor {
  constructor() {
    this.journal = new Map();
    this.cuts = [];
    this.requests = 0;
  }
  async #request(token, work) {
    this.requests += 1;
    const cut = this.cuts.shift();
    if (cut === "before") throw new TypeError("cut");
    if (cut instanceof Refused) throw cut;
    if (token && !this.journal.has(token)) throw new Refused(401, "unknown");
    const done = work();
    if (cut === "after") throw new TypeError("cut");
    return structuredClone(done);
  }
  begin() {
    return this.#request("", () => {
      const token = `t${this.journal.size}`;
      this.journal.set(token, []);
      return token;
    });
  }
  say(token, { id, said }) {
    return this.#request(token, () => {
      const turns = this.journal.get(token);
      let turn = turns.find((one) => one.id === id);
      if (!turn) turns.push((turn = { number: turns.length + 1, id, said, replies: [] }));
      return turn;
    });
  }
  after(token, number) {
    return this.#request(token, () => {
      const turns = this.journal.get(token);
      return { turns: turns.slice(number), last: turns.length };
    });
  }
  erase(token) {
    return this.#request(token, () => void (this.journal.get(token).length = 0));
  }
}

class Kept {
  constructor(kept = {}) {
    this.kept = kept;
  }
  get() {
    return this.kept;
  }
  set(changes) {
    this.kept = structuredClone({ ...this.kept, ...changes });
  }
}

function talk(door, memory = new Kept()) {
  const told = [];
  const tell = (name) => (...what) => told.push([name, ...what.map((one) => one?.said ?? one)]);
  const listener = { changed() {} };
  for (const name of ["arrived", "restored", "gone", "refused"]) listener[name] = tell(name);
  const conversation = new Conversation(door, memory, "en", listener);
  return { conversation, told, memory, said: () => conversation.turns.map((one) => one.said) };
}

const settled = () => vi.advanceTimersByTimeAsync(120_000);
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what is said arrives once, in order", async () => {
  const door = new FakeDoor();
  const { conversation, told, said } = talk(door);
  await conversation.begin();
  conversation.say("one");
  conversation.say("two");
  await settled();
  expect(said()).toEqual(["one", "two"]);
  expect(told).toEqual([["arrived", "one"], ["arrived", "two"]]);
  expect(conversation.unsent).toEqual([]);
});

test("no cut, before or after the server has heard it, loses or doubles a message", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const door = new FakeDoor();
    const { conversation, said, told } = talk(door);
    await conversation.begin();
    door.cuts = Array.from({ length: 12 }, (_, at) => ["before", "after", undefined][(seed * (at + 7) * 31) % 11 % 3]);
    for (const text of ["one", "two", "three"]) conversation.say(text);
    await settled();
    expect(said()).toEqual(["one", "two", "three"]);
    expect(told.filter(([name]) => name === "arrived")).toHaveLength(3);
    expect(door.journal.get("t0").map((turn) => turn.said)).toEqual(["one", "two", "three"]);
  }
});

test("a reload brings back what was said, and sends what was not", async () => {
  const door = new FakeDoor();
  const before = talk(door);
  await before.conversation.begin();
  before.conversation.say("one");
  await settled();
  door.cuts = Array(50).fill("after"); // the server hears it, the browser never knows
  before.conversation.say("two");
  await vi.advanceTimersByTimeAsync(100);
  door.cuts = [];
  const after = talk(door, before.memory);
  after.conversation.look();
  await settled();
  expect(after.said()).toEqual(["one", "two"]);
  expect(after.told).toEqual([["restored"]]);
  expect(after.conversation.unsent).toEqual([]);
});

test("what another tab said is fetched, and comes first", async () => {
  const door = new FakeDoor();
  const here = talk(door);
  await here.conversation.begin();
  const there = talk(door, new Kept({ token: "t0" }));
  there.conversation.look();
  there.conversation.say("there");
  await settled();
  here.conversation.say("here");
  await settled();
  expect(here.said()).toEqual(["there", "here"]);
  expect(here.told).toEqual([["arrived", "there"], ["arrived", "here"]]);
  there.conversation.look();
  await settled();
  expect(there.said()).toEqual(["there", "here"]);
});

test("a chat that another tab erased is gone here too", async () => {
  const door = new FakeDoor();
  const { conversation, told, said } = talk(door);
  await conversation.begin();
  conversation.say("one");
  await settled();
  await door.erase("t0");
  conversation.look();
  await settled();
  expect(said()).toEqual([]);
  expect(told.at(-1)).toEqual(["gone"]);
});

test("when the server has forgotten the chat, the message begins a new one", async () => {
  const door = new FakeDoor();
  const { conversation, told, said } = talk(door, new Kept({ token: "long ago" }));
  conversation.say("one");
  await settled();
  expect(said()).toEqual(["one"]);
  expect(told).toEqual([["gone"], ["arrived", "one"]]);
});

test("a forgotten chat with nothing to send goes back to the beginning", async () => {
  const { conversation, told } = talk(new FakeDoor(), new Kept({ token: "long ago" }));
  conversation.look();
  await settled();
  expect(told).toEqual([["gone"]]);
  expect(conversation.begun).toBe(false);
});

test("a message that is refused is given back; one that came too fast waits", async () => {
  const door = new FakeDoor();
  const { conversation, told, said } = talk(door);
  await conversation.begin();
  door.cuts = [new Refused(400, "Not so."), undefined, new Refused(429, "Too fast.")];
  conversation.say("bad");
  conversation.say("good");
  conversation.say("fast");
  await settled();
  expect(told).toEqual([["refused", "bad", "Not so."], ["arrived", "good"]]);
  expect([conversation.trouble, conversation.why]).toEqual(["stopped", "Too fast."]);
  conversation.again();
  await settled();
  expect(said()).toEqual(["good", "fast"]);
  expect(conversation.trouble).toBe("");
});

test("a reply that the server could not keep is told, and the message can be sent again", async () => {
  const door = new FakeDoor();
  const { conversation, said, memory } = talk(door);
  await conversation.begin();
  conversation.say("one");
  await settled();
  const say = door.say;
  door.say = async (token, { id }) => ({ number: 0, id, said: "two", replies: [{ text: "Not now." }] });
  conversation.say("two");
  await settled();
  expect([conversation.trouble, conversation.why]).toEqual(["stopped", "Not now."]);
  expect(memory.get().unsent.map((one) => one.said)).toEqual(["two"]);
  door.say = say;
  conversation.again();
  await settled();
  expect(said()).toEqual(["one", "two"]);
});

test("after many tries it stops, and goes on when it is told to", async () => {
  const door = new FakeDoor();
  const { conversation, said } = talk(door);
  await conversation.begin();
  door.cuts = Array(20).fill("before");
  conversation.say("one");
  await settled();
  expect(conversation.trouble).toBe("stopped");
  expect(said()).toEqual([]);
  conversation.again();
  await settled();
  expect(said()).toEqual(["one"]);
});

test("the network is tried again within 5 seconds", async () => {
  const door = new FakeDoor();
  const { conversation, said } = talk(door);
  await conversation.begin();
  door.cuts = Array(8).fill("before");
  conversation.say("one");
  while (door.cuts.length) {
    const before = door.requests;
    await vi.advanceTimersByTimeAsync(5000);
    expect(door.requests).toBeGreaterThan(before);
  }
  await vi.advanceTimersByTimeAsync(5000);
  expect(said()).toEqual(["one"]);
});

test("erasing forgets here and there; when it fails, nothing is forgotten", async () => {
  const door = new FakeDoor();
  const { conversation, said, memory } = talk(door);
  await conversation.begin();
  conversation.say("one");
  await settled();
  door.cuts = ["before"];
  await expect(conversation.erase()).rejects.toThrow();
  expect(said()).toEqual(["one"]);
  await conversation.erase();
  expect(said()).toEqual([]);
  expect(door.journal.get("t0")).toEqual([]);
  expect(memory.get().token).toBeUndefined();
});
