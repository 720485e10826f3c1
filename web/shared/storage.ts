/** A browser store that keeps working, for this page only, where the browser forbids or fills it. */
export class JsonStore {
  private readonly memory = new Map<string, string>();

  constructor(
    private readonly area: () => Storage,
    private readonly prefix: string,
  ) {}

  read<T>(key: string): T | null {
    const text = this.memory.get(key) ?? this.readArea(key);
    if (text === null) return null;
    try {
      return JSON.parse(text) as T;
    } catch {
      return null;
    }
  }

  write(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    try {
      this.area().setItem(this.prefix + key, text);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, text);
    }
  }

  remove(key: string): void {
    this.memory.delete(key);
    try {
      this.area().removeItem(this.prefix + key);
    } catch {
      // Forbidden storage holds nothing to remove.
    }
  }

  private readArea(key: string): string | null {
    try {
      return this.area().getItem(this.prefix + key);
    } catch {
      return null;
    }
  }
}

export const lasting = (prefix: string): JsonStore => new JsonStore(() => localStorage, prefix);
export const forThisTab = (prefix: string): JsonStore => new JsonStore(() => sessionStorage, prefix);
