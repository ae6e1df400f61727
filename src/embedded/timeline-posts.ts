// Keeps the posts of the sandbox timeline in one append-only file and in memory. Must not know HTTP.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import twitter from "twitter-text";

/** X's limit in weighted characters: https://docs.x.com/fundamentals/counting-characters */
export const LIMIT = 280;

export interface Draft {
  readonly account: string;
  readonly text: string;
  readonly language: string;
  readonly imageUrl: string | null;
  readonly imageAlt: string | null;
  readonly replyTo: string | null;
}

export interface Post extends Draft {
  readonly id: string;
  readonly key: string;
  /** In weighted characters, as the limit is. */
  readonly length: number;
  readonly limit: number;
  readonly postedAt: string;
}

export interface Posts {
  /** Written to the file when it returns. */
  readonly add: (key: string, draft: Draft, length: number) => Post;
  readonly withKey: (key: string) => Post | null;
  readonly withId: (id: string) => Post | null;
  readonly says: (post: Post, draft: Draft) => boolean;
  /** Newest first. */
  readonly list: (page: { readonly offset: number; readonly limit: number }) => Post[];
  readonly count: () => number;
  readonly clear: () => void;
  readonly close: () => void;
}

/** The official weighting: an emoji counts 2, any address 23. */
export function weigh(text: string): { length: number; valid: boolean } {
  const { weightedLength, valid } = twitter.parseTweet(text);
  return { length: weightedLength, valid: valid && weightedLength <= LIMIT };
}

export function openPosts(file: string): Posts {
  const posts = load(file);
  const byKey = new Map(posts.map((post) => [post.key, post]));
  const byId = new Map(posts.map((post) => [post.id, post]));
  const out = openSync(file, "a", 0o600);
  let nextId = Number(posts.at(-1)?.id ?? 0) + 1;

  const add: Posts["add"] = (key, draft, length) => {
    const post = {
      id: String(nextId),
      key,
      ...draft,
      length,
      limit: LIMIT,
      postedAt: new Date().toISOString(),
    };
    writeWhole(out, Buffer.from(JSON.stringify(post) + "\n"));
    nextId += 1;
    posts.push(post);
    byKey.set(key, post);
    byId.set(post.id, post);
    return post;
  };
  const clear = (): void => {
    ftruncateSync(out, 0);
    posts.length = 0;
    byKey.clear();
    byId.clear();
  };
  return {
    add,
    withKey: (key) => byKey.get(key) ?? null,
    withId: (id) => byId.get(id) ?? null,
    says: (post, draft) => FIELDS.every((field) => post[field] === draft[field]),
    list: ({ offset, limit }) => posts.toReversed().slice(offset, offset + limit),
    count: () => posts.length,
    clear,
    close: () => closeSync(out),
  };
}

const FIELDS = ["account", "text", "language", "imageUrl", "imageAlt", "replyTo"] as const;

/** Posts are few, so each waits for the disk. What could only be written in part is taken back. */
function writeWhole(out: number, bytes: Buffer): void {
  const before = fstatSync(out).size;
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(out, bytes, at);
    fsyncSync(out);
  } catch (fault) {
    ftruncateSync(out, before);
    throw fault;
  }
}

/** Reads the posts up to the first line a crash left half written, and cuts that off. */
function load(file: string): Post[] {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  const posts: Post[] = [];
  let at = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, at)) {
    const post = parse(bytes.toString("utf8", at, end));
    if (!post) break;
    posts.push(post);
    at = end + 1;
  }
  truncateSync(file, at);
  return posts;
}

function parse(line: string): Post | null {
  try {
    return JSON.parse(line) as Post;
  } catch {
    return null;
  }
}
