// A finished html message made ready for a frame: pictures come from here, and links open nothing.
import { ownPictures } from "./proof.ts";

/** A link would replace the message inside its frame; one that asks for a new window does nothing in a sandbox. */
const INERT = '<base target="_blank">';
const HEAD = /<head(?:\s[^>]*)?>/i;

export function framed(html: string, publicUrl: string): string {
  const shown = ownPictures(html, publicUrl);
  // A function, so that nothing in the message is read as a replacement pattern.
  return HEAD.test(shown) ? shown.replace(HEAD, (head) => head + INERT) : INERT + shown;
}
