// A Postfix of the test's own: its configuration, queue and ports under one folder, on loopback only, stopped by its process's number.
import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const POSTFIX = "/usr/sbin/postfix";

/** Why it cannot run here, in a sentence; null where it can. */
export function whyNoPostfix(): string | null {
  try {
    accessSync(POSTFIX, constants.X_OK);
  } catch {
    return "Postfix is not installed (apt-get install postfix)";
  }
  return process.getuid?.() === 0 ? null : "Postfix only starts for root";
}

export interface Postfix {
  readonly port: number;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** `routes`: the port on loopback to which the mail of a domain goes. Mail for any other domain is refused: nothing leaves. */
export async function startPostfix(
  folder: string,
  routes: Readonly<Record<string, number>>,
): Promise<Postfix> {
  chmodSync(folder, 0o755); // its parts run as a user of their own
  const [config, queue, data] = ["config", "queue", "data"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [config, queue, data]) mkdirSync(path, { mode: 0o755 });
  await run("chown", ["postfix", data]);
  const port = await freePort();
  writeFileSync(join(config, "main.cf"), mainFor({ folder, queue, data, routes }));
  writeFileSync(join(config, "master.cf"), masterFor(port));
  await run(POSTFIX, ["-c", config, "start"]);
  const pid = await pidIn(join(queue, "pid", "master.pid"));
  return {
    port,
    log: () => readFileSync(join(folder, "mail.log"), "utf8"),
    stop: () => ended(pid),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function pidIn(file: string): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      const pid = Number(readFileSync(file, "utf8").trim());
      if (pid > 1) return pid;
    } catch {
      // not written yet
    }
    await sleep(100);
  }
  throw new Error("Postfix did not start");
}

async function ended(pid: number): Promise<void> {
  process.kill(pid, "SIGTERM");
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(100);
  }
  process.kill(pid, "SIGKILL");
}

interface Place {
  readonly folder: string;
  readonly queue: string;
  readonly data: string;
  readonly routes: Readonly<Record<string, number>>;
}
const mainFor = ({ folder, queue, data, routes }: Place): string => `
compatibility_level = 3.6
queue_directory = ${queue}
data_directory = ${data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${join(folder, "mail.log")}
maillog_file_prefixes = ${folder}
myhostname = relay.example.net
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = none
smtp_tls_security_level = none
smtp_dns_support_level = disabled
default_transport = error:5.3.0 nothing leaves this machine
relayhost =
transport_maps = inline:{ ${Object.entries(routes)
  .map(([domain, port]) => `{ ${domain} = smtp:[127.0.0.1]:${port} }`)
  .join(", ")} }
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
maximal_queue_lifetime = 4s
bounce_queue_lifetime = 30s
`;

/** Nothing is chrooted: the folder holds no copies of what a chroot would need. */
const masterFor = (port: number): string =>
  [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    "pickup unix n - n 60 1 pickup",
    "qmgr unix n - n 1 1 qmgr",
    "postlog unix-dgram n - n - 1 postlogd",
    ...["cleanup", "showq"].map((name) => `${name} unix n - n - 0 ${name}`),
    "rewrite unix - - n - - trivial-rewrite",
    ...["bounce", "defer", "trace"].map((name) => `${name} unix - - n - 0 bounce`),
    "verify unix - - n - 1 verify",
    "flush unix n - n 1000? 0 flush",
    "proxymap unix - - n - - proxymap",
    ...["smtp", "relay"].map((name) => `${name} unix - - n - - smtp`),
    ...["error", "retry"].map((name) => `${name} unix - - n - - error`),
    "discard unix - - n - - discard",
    "anvil unix - - n - 1 anvil",
    "scache unix - - n - 1 scache",
    "",
  ].join("\n");
