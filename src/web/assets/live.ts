// Keeps a page fresh while something is being sent: asks for a piece of the page drawn by the server and exchanges the parts
// that changed. Only one sentence is read out; a table that changes every second would drown everything else.

const EVERY_MS = 1000;
const SLOWEST_MS = 15_000;
/** A screen reader hears the sentence at most this often, and once more at the end. */
const SAY_EVERY_MS = 10_000;

export function startLive(): void {
  const page = document.querySelector<HTMLElement>("[data-live-url]");
  const url = page?.dataset.liveUrl;
  if (!page || !url) return;
  const say = announcer(page.querySelector("[data-live-status]"));
  let wait = EVERY_MS;
  const again = (): void => void setTimeout(tick, wait);
  const tick = async (): Promise<void> => {
    if (document.hidden) return again();
    try {
      const answer = await fetch(url, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      exchange(page, fresh);
      const root = fresh.querySelector<HTMLElement>("[data-live-going]");
      const going = root?.dataset.liveGoing === "yes";
      say(root?.dataset.liveSentence ?? "", !going);
      wait = EVERY_MS;
      if (going) again();
    } catch {
      wait = Math.min(wait * 2, SLOWEST_MS); // the server is away: ask less and less often
      again();
    }
  };
  again();
}

function announcer(place: Element | null) {
  let said = Date.now();
  return (sentence: string, atOnce: boolean): void => {
    if (!place || !sentence || (!atOnce && Date.now() - said < SAY_EVERY_MS)) return;
    said = Date.now();
    if (place.textContent !== sentence) place.textContent = sentence;
  };
}

/** Exchanges each part whose content changed; what had the keyboard's focus has it again afterwards. */
function exchange(page: HTMLElement, fresh: Document): void {
  for (const part of fresh.querySelectorAll<HTMLElement>("[data-live-part]")) {
    const old = page.querySelector<HTMLElement>(
      `[data-live-part="${CSS.escape(part.dataset.livePart ?? "")}"]`,
    );
    if (!old || old.innerHTML === part.innerHTML) continue;
    const focused = old.contains(document.activeElement)
      ? document.activeElement?.getAttribute("href")
      : null;
    old.replaceChildren(...part.childNodes);
    if (focused)
      old.querySelector<HTMLElement>(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}
