let audio: AudioContext | null = null;

/** Play two short tones. Browsers allow it once somebody has used the page. */
export function playSound(): void {
  audio ??= new AudioContext();
  void audio.resume();
  for (const [start, frequency] of [
    [0, 660],
    [0.18, 880],
  ] as const) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + start;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.15, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.16);
  }
}

export function canNotify(): boolean {
  return "Notification" in window;
}

/** Ask for the permission to notify; return whether it is given. */
export async function requestNotifications(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === "granted";
}

/** Notify, unless the page has the focus. A later notification with the same tag replaces the earlier. */
export function notify(title: string, body: string, tag: string): void {
  if (document.hasFocus() || !canNotify() || Notification.permission !== "granted") return;
  try {
    const notification = new Notification(title, { body, tag });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // Chrome on Android notifies from service workers only.
  }
}
