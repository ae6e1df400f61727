// Rendering in a thread of its own (Q6, R3): a template that never ends or eats memory costs that thread and not the worker, whose
// heartbeat goes on; and MJML's forty megabytes leave with the thread when there is nothing to render.
import { join } from "node:path";
import { Piscina } from "piscina";
import { RENDER_LIMITS } from "../../config/limits.ts";
import { DomainError } from "../domain/errors.ts";
import type { renderWanted } from "./issue.ts";
import type { RenderTask } from "./thread.ts";

export interface RenderApart {
  /** Like renderWanted. Throws DomainError "render-too-much" when it takes longer or more memory than RENDER_LIMITS allow. */
  readonly render: (task: RenderTask) => ReturnType<typeof renderWanted>;
  readonly close: () => Promise<void>;
}

export function openRenderApart(): RenderApart {
  let pool: Piscina | null = null;
  return {
    render: async (task) => {
      pool ??= openPool();
      try {
        const limit = { signal: AbortSignal.timeout(RENDER_LIMITS.ms) };
        return (await pool.run(task, limit)) as Awaited<ReturnType<typeof renderWanted>>;
      } catch (error) {
        throw tooMuch(error) ?? error;
      }
    },
    close: async () => pool?.destroy(),
  };
}

const openPool = () =>
  new Piscina({
    ...threadFile(),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: RENDER_LIMITS.idleMs,
    resourceLimits: { maxOldGenerationSizeMb: RENDER_LIMITS.megabytes },
  });

/** The folder of the translation, put in its place by tools/build-code.mjs; there is no such name in the source. */
declare const BELLMAN_CODE: string | undefined;

/** The thread runs as this process does: translated beforehand (tools/build-code.mjs), or from the source. */
function threadFile(): { filename: string; execArgv: string[] } {
  if (typeof BELLMAN_CODE === "string")
    return { filename: join(BELLMAN_CODE, "src/render/thread.mjs"), execArgv: [] };
  return { filename: new URL("thread.ts", import.meta.url).href, execArgv: ["--import", "tsx"] };
}

function tooMuch(error: unknown): DomainError | null {
  const { name, code } = error as { name?: string; code?: string };
  if (name !== "AbortError" && code !== "ERR_WORKER_OUT_OF_MEMORY") return null;
  const what = name === "AbortError" ? `${RENDER_LIMITS.ms / 1_000} s` : `${RENDER_LIMITS.megabytes} MB`;
  return new DomainError(
    "render-too-much",
    `It takes more than ${what} to make this rendition; it was given up. Make the message simpler.`,
  );
}
