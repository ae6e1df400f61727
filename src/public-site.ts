// What the website channel is given: our own public news pages. The address of a page never changes once it is published.
import type { Site } from "./channels/channel.ts";
import { sha256 } from "./lib/hash.ts";
import type { Store } from "./store/store.ts";

const slugOf = (title: string): string =>
  title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[łŁ]/g, "l") // the one Polish letter that does not fall apart into a letter and its mark
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60) || "news";

export function openPublicSite(shelf: Pick<Store["site"], "publish" | "byId">, publicUrl: string): Site {
  const address = (slug: string) => `${publicUrl}/news/${slug}`;
  return {
    async publish(id, { title, summary, html, text }, { reference, language, sensitive }) {
      // A sensitive page has an opaque address, as it stays in the browser's history (LAW6).
      const words = sensitive ? "" : `-${slugOf(title)}`;
      const slug = `${reference.toLowerCase()}-${language.toLowerCase()}${words}`;
      const article = { id, reference, language, title, summary, html, text, sensitive };
      // A second website channel of the same partnership publishes beside the first, at an address of its own.
      const own = `${slug}-${sha256(id).slice(0, 6)}`;
      const kept =
        (await shelf.publish({ ...article, slug })) ?? (await shelf.publish({ ...article, slug: own }));
      if (kept === null) throw new Error(`no address could be found for ${reference} in ${language}`);
      return address(kept);
    },
    async find(id) {
      const article = await shelf.byId(id);
      return article ? address(article.slug) : null;
    },
  };
}
