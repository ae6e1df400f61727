// A communication as it is put before its approvers: everything that decides what is sent, to whom and when. Pure.
// Approval binds to the hash of this (A2): change any of it and the approval is void.
import type { CountedLink } from "./counted-links.ts";
import type { Form, ImageRef, LanguageContent, Signpost, EmailVariant } from "./content.ts";
import type { SegmentRule } from "./segment.ts";

export interface FrozenImage {
  readonly sha256: string;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
}

/** The authored text of one communication with its pictures frozen by hash; what `communication.text` holds. */
export interface AuthoredText {
  readonly content: Readonly<Record<string, LanguageContent>>;
  readonly variants: Readonly<Record<string, Readonly<Record<string, { readonly email: EmailVariant }>>>>;
  readonly images: Readonly<Record<string, FrozenImage>>;
  /** Its links are counted (domain/counted-links.ts); absent where they are not. */
  readonly countLinks?: true;
}

export interface WantedRendition {
  readonly channelKey: string;
  readonly segmentKey: string;
  readonly language: string;
}

/** The frozen preview. Its canonical JSON is stored as a content version under its SHA-256. */
export interface Issue {
  readonly reference: string;
  readonly title: string;
  readonly class: string;
  readonly sensitive: boolean;
  /** The window as it was promised, in wall times of `zone`: should the zone's rules change, what was approved still holds (S3). */
  readonly dueWall: string;
  /** Which of two equal hours the due time is; null on every ordinary day. */
  readonly dueReading: "first" | "second" | null;
  readonly zone: string;
  readonly earliestWall: string | null;
  readonly latestUsefulWall: string;
  readonly expiresWall: string | null;
  /** Why it may go out in quiet hours. */
  readonly quietOverride: string | null;
  readonly publicUrl: string;
  readonly partnership: { readonly name: string; readonly strapline: string; readonly strategyLine: string };
  readonly leadAgency: { readonly name: string };
  readonly contributing: readonly { readonly name: string }[];
  readonly text: AuthoredText;
  /** Where each of our short links leads; absent where none is counted. */
  readonly links?: readonly CountedLink[];
  readonly signposts: Readonly<Record<string, Signpost>>;
  readonly channels: readonly {
    readonly key: string;
    readonly kind: string;
    readonly form: Form;
    readonly listKey: string | null;
    readonly reason: string;
  }[];
  readonly segments: readonly {
    readonly key: string;
    readonly name: string;
    readonly rule: SegmentRule;
    readonly specificity: number;
  }[];
  readonly renditions: readonly (WantedRendition & { readonly hash: string })[];
}

/** The fallback every communication must have (campaign-file.ts). */
export const DEFAULT_LANGUAGE = "en";

/** Which renditions a communication wants: channel × segment × language for people, channel × language for a page or post. */
export function wantedRenditions(
  content: AuthoredText["content"],
  channels: readonly { key: string; form: Form; reaches: "people" | "once" }[],
  segments: readonly { key: string }[],
): WantedRendition[] {
  return channels.flatMap(({ key, form, reaches }) => {
    const languages = Object.keys(content).filter((language) => content[language]?.[form] !== undefined);
    const places = reaches === "people" ? segments.map((segment) => segment.key) : [""];
    return places.flatMap((segmentKey) =>
      languages.map((language) => ({ channelKey: key, segmentKey, language })),
    );
  });
}

/** Keys of the images and signposts a text points at, so that a missing one is found before anything is stored. */
export function pointedAt(content: AuthoredText["content"], variants: AuthoredText["variants"]) {
  const parts = [
    ...Object.values(content).flatMap((c) => [c.email?.opening, c.email?.blocks, c.article?.blocks]),
    ...Object.values(variants).flatMap((v) =>
      Object.values(v).flatMap((x) => [x.email.opening, x.email.blocks]),
    ),
  ];
  const blocks = parts.flatMap((part) => part ?? []);
  const postImages = Object.values(content).flatMap((c) => (c.post?.image ? [c.post.image] : []));
  return {
    images: [...new Set([...blocks.flatMap((b) => ("image" in b ? [b.image] : [])), ...postImages])],
    signposts: [...new Set(blocks.flatMap((b) => ("signposts" in b ? b.signposts : [])))],
  };
}

export type { ImageRef };
