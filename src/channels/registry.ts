// Finds the channel files by themselves: a file's name is its kind. Adding a channel edits no other file.
import { readdir } from "node:fs/promises";
import { refused } from "../domain/outcome.ts";
import type { Channel, OpenChannel, Tools } from "./channel.ts";

const NOT_CHANNELS = new Set(["channel.ts", "registry.ts"]);

export type Registry = ReadonlyMap<string, Channel>;

export async function loadChannels(): Promise<Registry> {
  const files = (await readdir(new URL(".", import.meta.url))).filter(
    (file) => file.endsWith(".ts") && !NOT_CHANNELS.has(file),
  );
  const entries: [string, Channel][] = [];
  for (const file of files.sort()) {
    const kind = file.replace(/\.ts$/, "");
    const module = (await import(`./${kind}.ts`)) as { default: Channel };
    entries.push([kind, module.default]);
  }
  return new Map(entries);
}

/** Whatever a channel does by itself, with an allow-list it is handed nobody else. */
export const onlyReaching = (channel: OpenChannel, mayReach: Tools["mayReach"]): OpenChannel =>
  mayReach === undefined
    ? channel
    : {
        prepare: (rendition, issue) => {
          const send = channel.prepare(rendition, issue);
          return async (outgoing, gate) =>
            outgoing.recipient && !mayReach(outgoing.recipient.address)
              ? refused("not-on-allow-list")
              : send(outgoing, gate);
        },
        lookup: (deliveryKey) => channel.lookup(deliveryKey),
        close: () => channel.close(),
      };
