// A list brought in on the pages: what is sent is looked at before anything is taken in, and what is no table is refused in words.
import { expect, test } from "@jest/globals";
import { withPublic } from "../support/people.ts";

const { rows, get, pages } = withPublic({ people: 0 });
const BY = "maya.okafor@council.example.org";
const BOUNDARY = "----sent";

const part = (name: string, value: string, file = "") =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;

/** Sends the form with a file as a browser does. */
async function send(content: string) {
  const page = (await get("/imports")).body;
  const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]+)"/g)];
  const payload = [
    ...hidden.map(([, name = "", value = ""]) => part(name, value)),
    part("list", "community-safety-news"),
    part("who", BY),
    part("file", content, '; filename="people.csv"'),
    `--${BOUNDARY}--\r\n`,
  ].join("");
  return pages().inject({
    method: "POST",
    url: "/imports",
    headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
    payload,
  });
}

test("the page says what it takes, and offers a file to be chosen", async () => {
  const { statusCode, body } = await get("/imports");
  expect(statusCode).toBe(200);
  expect(body).toContain('type="file"');
  expect(body).toContain("1,000,000");
});

test("a file is shown with its first rows, and nobody is taken in by that", async () => {
  const sent = await send("email,first_name\nann.lee@example.org,Siân\n");
  expect(sent.statusCode).toBe(303);
  const look = await get(String(sent.headers.location));
  expect(look.statusCode).toBe(200);
  expect(look.body).toContain("Siân");
  expect(await rows("SELECT 1 FROM subscriber")).toEqual([]);
});

test("what is no table is refused in words, and nothing of it is kept", async () => {
  const sent = await send("<html><table><tr><td>ann@example.org</td></tr></table></html>");
  expect(sent.statusCode).toBe(422);
  expect(sent.body).not.toContain("ann@example.org");
  expect(await rows("SELECT 1 FROM import")).toEqual([]);
});
