// Runs inside a thread of its own (apart.ts): renders one wanted rendition and nothing else.
import { renderWanted } from "./issue.ts";
import type { Labels } from "./labels.ts";

type Arguments = Parameters<typeof renderWanted>;

export interface RenderTask {
  readonly issue: Arguments[0];
  readonly wanted: Arguments[1];
  readonly labels: Labels;
}

export default ({ issue, wanted, labels }: RenderTask): ReturnType<typeof renderWanted> =>
  renderWanted(issue, wanted, () => labels);
