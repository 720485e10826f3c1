import { lasting } from "../shared/storage.ts";

const store = lasting("bilin.desk.");
const tones = { waiting: [660, 880], given: [660, 880, 1175], message: [880] };
const toneSeconds = 0.12;

export type Occasion = keyof typeof tones;

/** Sounds and desktop notifications; both are off until the agent switches them on. */
export class Attention {
  sounds = store.read<boolean>("sounds") ?? false;
  notifications = (store.read<boolean>("notifications") ?? false) && Attention.allowed;
  private audio: AudioContext | null = null;

  static get possible(): boolean {
    return typeof Notification !== "undefined";
  }

  private static get allowed(): boolean {
    return Attention.possible && Notification.permission === "granted";
  }

  /** Switched on, it sounds once, so that the agent hears what to listen for. */
  switchSounds(): void {
    this.sounds = !this.sounds;
    store.write("sounds", this.sounds);
    this.sound("message");
  }

  /** Resolves with whether notifications are on now; the browser may ask first. */
  async switchNotifications(): Promise<boolean> {
    const wanted = !this.notifications;
    if (wanted && Attention.possible && !Attention.allowed) await Notification.requestPermission();
    this.notifications = wanted && Attention.allowed;
    store.write("notifications", this.notifications);
    return this.notifications;
  }

  /** Tells of something; a notification only while the page is out of sight. Pressing it calls `open`. */
  call(occasion: Occasion, title: string, body: string, tag: string, open: () => void): void {
    this.sound(occasion);
    if (!this.notifications || document.visibilityState === "visible") return;
    const shown = new Notification(title, { body, tag });
    shown.onclick = () => {
      window.focus();
      shown.close();
      open();
    };
  }

  private sound(occasion: Occasion): void {
    if (!this.sounds || typeof AudioContext === "undefined") return;
    this.audio ??= new AudioContext();
    tones[occasion].forEach((frequency, at) => this.tone(this.audio!, frequency, at * toneSeconds));
  }

  private tone(audio: AudioContext, frequency: number, after: number): void {
    const [from, oscillator, gain] = [audio.currentTime + after, audio.createOscillator(), audio.createGain()];
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0.0001, from);
    gain.gain.exponentialRampToValueAtTime(0.12, from + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, from + toneSeconds);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(from);
    oscillator.stop(from + toneSeconds);
  }
}
