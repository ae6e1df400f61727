// Where something published can be looked at: a proof as a channel gave it becomes a link on these pages.

export interface Link {
  readonly href: string;
  readonly text: string;
}

const SANDBOX_POST = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+\/posts\/(\w{1,20})$/;

/** Our own pages by their path, a post of the sandbox on its page here, anything else on the web as it is; null: no address. */
export function proofLink(proof: string | null, publicUrl: string): Link | null {
  if (!proof) return null;
  if (proof.startsWith(`${publicUrl}/`)) return { href: proof.slice(publicUrl.length), text: "See the page" };
  const [, post] = SANDBOX_POST.exec(proof) ?? [];
  if (post) return { href: `/timeline/${post}`, text: "See the post" };
  return /^https?:\/\//.test(proof) ? { href: proof, text: "See it where it was published" } : null;
}

/** A picture kept here, by its path, so that a preview shows it wherever this page is opened; null for any other address. */
export const ownPicture = (url: string | null | undefined, publicUrl: string): string | null =>
  url?.startsWith(`${publicUrl}/media/`) ? url.slice(publicUrl.length) : null;

/** The same for every picture of a finished html part. */
export const ownPictures = (html: string, publicUrl: string): string =>
  html.replaceAll(`src="${publicUrl}/media/`, `src="/media/`);

/** What is before the @, for somebody whose name is not known any more. */
export const localPart = (email: string): string => email.split("@")[0] ?? email;
