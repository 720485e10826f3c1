/**
 * Whether Enter means "send". While an input method composes (Chinese, Japanese), Enter takes its candidate; Safari
 * ends the composition before the key event, which then has the key code 229.
 */
export function isSendKey(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

/** Grows a text box with its text; the style sheet sets where that ends. */
export function fitHeight(box: HTMLTextAreaElement): void {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
}
