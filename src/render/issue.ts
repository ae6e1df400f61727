// Renders one wanted rendition of an issue: lays the audience variant over the content and puts the frame around it. Pure but for MJML.
import { mergeVariant } from "../domain/content-variant.ts";
import { withShortLinks } from "../domain/counted-links.ts";
import type { Issue, WantedRendition } from "../domain/issue.ts";
import { canonical, type LogValue } from "../domain/log-entry.ts";
import { sha256 } from "../lib/hash.ts";
import type { Labels } from "./labels.ts";
import { render } from "./render.ts";
import type { Frame, FrameImage, Rendered } from "./types.ts";

type Unhashed = Omit<Issue, "renditions">;

/** The finished form and the hash of its bytes, which is what approval binds to. */
export async function renderWanted(
  issue: Unhashed,
  wanted: WantedRendition,
  labels: (language: string) => Labels,
): Promise<{ rendered: Rendered; hash: string }> {
  const channel = issue.channels.find((one) => one.key === wanted.channelKey);
  const content = issue.text.content[wanted.language];
  if (!channel || !content) throw new Error(`the issue has no ${wanted.channelKey} in ${wanted.language}`);
  const rendered = await render({
    form: channel.form,
    language: wanted.language,
    content: withShortLinks(
      mergeVariant(content, issue.text.variants[wanted.segmentKey]?.[wanted.language]),
      (issue.links ?? []).filter(({ channelKey }) => channelKey === channel.key),
      (code) => shortUrl(issue.publicUrl, code),
    ),
    frame: frameOf(issue, channel.reason, labels(wanted.language)),
  });
  return { rendered, hash: hashOf(rendered) };
}

export const hashOf = (rendered: Rendered): string => sha256(canonical(rendered as unknown as LogValue));

export const pictureUrl = (publicUrl: string, hash: string): string => `${publicUrl}/media/${hash}`;
export const shortUrl = (publicUrl: string, code: string): string => `${publicUrl}/l/${code}`;
export const referenceUrl = (publicUrl: string, reference: string): string =>
  `${publicUrl}/check/${reference}`;

function frameOf(issue: Unhashed, reason: string, labels: Labels): Frame {
  const { partnership, leadAgency, contributing, reference, sensitive, signposts, publicUrl } = issue;
  const images = Object.entries(issue.text.images).map(
    ([key, { sha256: hash, alt, width, height }]): [string, FrameImage] => [
      key,
      { url: pictureUrl(publicUrl, hash), alt, width, height },
    ],
  );
  return {
    partnership,
    leadAgency,
    contributing,
    reason,
    reference,
    referenceUrl: referenceUrl(publicUrl, reference),
    sensitive,
    images: Object.fromEntries(images),
    signposts,
    labels,
  };
}
