// A look-up service over HTTP that can be out of order in the ways real ones are.
import type { ServerResponse } from "node:http";
import type { Looking } from "./stand-in.ts";

/** Answers one look-up; `found` is the body for what is there, null where it is not. */
export function answerLookup(response: ServerResponse, how: Looking, found: object | null): void {
  const json = (status: number, body: object) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (how === "failing") return void json(500, { problem: "The look-up failed." });
  if (how === "lost") return void response.destroy();
  if (how === "elsewhere") return void response.writeHead(404).end("<h1>Not Found</h1>");
  json(found ? 200 : 404, found ?? { problem: "There is no such thing." });
}
