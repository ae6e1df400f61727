// The code of a short link: the same for the same address, communication and channel, so that preview, approval and what is sent agree.
import { codeFrom, type LinkCode } from "../domain/counted-links.ts";
import { keyedHash } from "../lib/hash.ts";

/** Keyed: nobody can try out which addresses a partnership counts. */
export const linkCodeOf =
  (secret: string): LinkCode =>
  (reference, channelKey, url) =>
    codeFrom(keyedHash(secret, "link", `${reference}\n${channelKey}\n${url}`));
