// The counted links of a campaign as commands print them: where each leads, and how often it was opened by all together.
import type { Deps } from "../deps.ts";
import { shortUrl } from "../render/issue.ts";
import { say, table } from "./print.ts";

interface Row {
  readonly reference: string;
  readonly channel: string;
  readonly link: string;
  readonly url: string;
  readonly opened: number;
}

export async function linksOf(
  { store, settings }: Pick<Deps, "store" | "settings">,
  communications: readonly { readonly id: string; readonly reference: string }[],
): Promise<Row[]> {
  const links = await store.links.of(communications.map(({ id }) => id));
  return links.map(({ communicationId, channelKey, code, url, times }) => ({
    reference: communications.find(({ id }) => id === communicationId)?.reference ?? "",
    ...{ channel: channelKey, link: shortUrl(settings.publicUrl, code), url, opened: times },
  }));
}

/** Nothing where none is counted. */
export function printLinks(links: readonly Row[]): void {
  if (links.length === 0) return;
  const rows = links.map(({ reference, channel, link, url, opened }) => [
    reference,
    channel,
    link,
    url,
    opened,
  ]);
  say();
  say(table(["reference", "channel", "link", "leads to", "opened"], rows));
}
