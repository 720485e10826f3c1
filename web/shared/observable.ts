import type { ReactiveController, ReactiveControllerHost } from "lit";

/** State that tells its watchers when it has changed. */
export class Observable {
  private readonly watchers = new Set<() => void>();

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  protected changed(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

/** Draws its component again whenever the observable changes. */
export class Watching implements ReactiveController {
  private stop: (() => void) | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly observable: Observable,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.stop = this.observable.watch(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.stop?.();
  }
}
