/** Registers the element under its name; a second copy of the script on one page leaves the first in charge. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

/** Tells the surrounding components that something has happened. */
export function emit<Detail>(from: HTMLElement, name: string, detail?: Detail): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
