// The states in which the chat is judged and photographed, one after another in one conversation.

export const states = [
  ["closed", async () => {}],
  ["opening", async (chat) => chat.open()],
  ["greeting", async (chat) => {
    await chat.host.locator(".main").click();
    await chat.input.waitFor();
  }],
  ["typing", async (chat, stub) => {
    stub.delay = 60_000;
    await chat.input.fill("What are the risks?");
    await chat.input.press("Enter");
    await chat.host.locator(".typing").waitFor();
  }],
  ["answer", async (chat, stub) => {
    stub.answerNow();
    await chat.replies.first().waitFor();
  }],
  ["sources", async (chat) => chat.host.locator("summary").last().click()],
  ["feedback", async (chat) => {
    await chat.button("No, it did not help").last().click();
    await chat.host.getByLabel("What was missing? You may skip this.").waitFor();
  }],
  ["several_answers", async (chat) => chat.say("Tell me three: cost, pain and recovery")],
  ["danger", async (chat) => chat.say("I cannot breathe")],
  ["note", async (chat) => chat.say("My scar is hot. What cream helps?")],
  ["did_you_mean", async (chat) => chat.say("What do you mean by cream or gel?")],
  ["declined", async (chat) => chat.say("How is the weather?")],
  ["suggestions", async (chat) => {
    await chat.input.pressSequentially("what are");
    await chat.host.getByRole("option").first().waitFor();
    await chat.input.press("ArrowDown");
  }],
  ["options", async (chat) => {
    await chat.input.press("Escape");
    await chat.input.fill("");
    await chat.button("Chat options").click();
  }],
  ["erase_sure", async (chat) => chat.button("End and erase").click()],
  ["unsent", async (chat) => {
    await chat.button("No, keep it").click();
    await chat.context.setOffline(true);
    await chat.input.fill("Does it hurt?");
    await chat.input.press("Enter");
    await chat.notice.waitFor();
  }],
  ["erased", async (chat) => {
    await chat.context.setOffline(false);
    await chat.notice.waitFor({ state: "hidden" });
    await chat.option("End and erase");
    await chat.button("Yes, erase").click();
    await chat.host.locator(".ended").waitFor();
  }],
];
