const withoutText = ["button", "checkbox", "file", "radio", "reset", "submit"];

/** Whether the event comes from a box that takes text or looks letters up, also inside shadow roots. */
export function isWriting(event: Event): boolean {
  const target = event.composedPath()[0];
  if (target instanceof HTMLInputElement) return !withoutText.includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
