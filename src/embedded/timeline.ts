// The sandbox's social timeline: an outside party with a small HTTP interface, so that posts go somewhere that is nobody.
// Must not use the database. The interface is told in the comment of `handle`.
import { type IncomingMessage } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { prepareFolder } from "./data-folder.ts";
import { type Answer, bodyText, serveJson } from "./http-json.ts";
import { type Draft, LIMIT, openPosts, type Post, type Posts, weigh } from "./timeline-posts.ts";

export type { Post } from "./timeline-posts.ts";

export interface Timeline {
  /** Without a slash at the end. */
  readonly url: string;
  /** Newest first. */
  readonly list: (page: { readonly offset: number; readonly limit: number }) => Post[];
  readonly count: () => number;
  readonly clear: () => void;
  readonly stop: () => Promise<void>;
}

export interface TimelineOptions {
  /** The folder for its file, `timeline.jsonl`. */
  readonly dir: string;
  readonly host?: string;
  /** 0 means any free port. */
  readonly port?: number;
}

/** The largest request body taken. Bytes. */
const BODY_LIMIT = 65_536;

const DraftBody = z.object({
  account: z.string().min(1).max(200),
  text: z.string(),
  language: z.string().min(2).max(35),
  imageUrl: z.string().max(2000).nullish().default(null),
  imageAlt: z.string().max(2000).nullish().default(null),
  replyTo: z.string().max(100).nullish().default(null),
});

/** Starts the timeline. A post is in its file before the poster reads "201". Throws `data-folder-not-writable`. */
export async function startTimeline({
  dir,
  host = "127.0.0.1",
  port = 0,
}: TimelineOptions): Promise<Timeline> {
  const posts = openPosts(join(prepareFolder(dir), "timeline.jsonl"));
  const server = await serveJson(host, port, (request, url) => handle(posts, request, url));
  return {
    url: server.url,
    list: posts.list,
    count: posts.count,
    clear: posts.clear,
    stop: async () => {
      await server.stop();
      posts.close();
    },
  };
}

/**
 * POST /posts with an Idempotency-Key: 201 and the post; 200 and the same post for the same key again, 409 if it says
 * something else; 422 when it is empty or too long. GET /posts?key=…, GET /posts/ID: 200 or 404. 400: not understood.
 */
async function handle(posts: Posts, request: IncomingMessage, url: URL): Promise<Answer> {
  const base = `http://${request.headers.host ?? ""}`;
  if (url.pathname === "/posts" && request.method === "POST") return publish(posts, request, base);
  if (request.method !== "GET") return problem(405, "Posts can be made with POST /posts and read with GET.");
  const [, room, id, ...more] = url.pathname.split("/");
  if (room !== "posts" || more.length > 0) return problem(404, "There is nothing at this address.");
  const found = id === undefined ? posts.withKey(url.searchParams.get("key") ?? "") : posts.withId(id);
  return found ? { status: 200, body: shown(found, base) } : problem(404, "There is no such post.");
}

async function publish(posts: Posts, request: IncomingMessage, base: string): Promise<Answer> {
  const key = request.headers["idempotency-key"];
  const text = await bodyText(request, BODY_LIMIT);
  if (text === null) return problem(413, `A post may have ${BODY_LIMIT} bytes in all.`);
  if (typeof key !== "string" || key === "" || key.length > 255) {
    return problem(400, "An Idempotency-Key header of 1 to 255 characters is needed.");
  }
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    return problem(400, "The body must be application/json.");
  }
  const draft = DraftBody.safeParse(json(text));
  if (!draft.success) return problem(400, `The body is not a post: ${z.prettifyError(draft.error)}`);
  return take(posts, key, draft.data, base);
}

/** Waits for nothing, so two requests with one key cannot both become posts. */
function take(posts: Posts, key: string, draft: Draft, base: string): Answer {
  const { length, valid } = weigh(draft.text);
  if (draft.text.trim() === "") return problem(422, "The post has no text.");
  if (!valid) return problem(422, `The post counts ${length} characters, and ${LIMIT} are allowed.`);
  const earlier = posts.withKey(key);
  if (!earlier) return { status: 201, body: shown(posts.add(key, draft, length), base) };
  if (!posts.says(earlier, draft)) return problem(409, "This key was used for another post.");
  return { status: 200, body: shown(earlier, base) };
}

const shown = (post: Post, base: string): Post & { url: string } => ({
  ...post,
  url: `${base}/posts/${post.id}`,
});
const problem = (status: number, text: string): Answer => ({ status, body: { problem: text } });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
