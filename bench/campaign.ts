// The words all benchmarks send: about 12 kB on the wire, personal in subject and text, with a way out.
export interface BenchCampaign {
  readonly key: string;
  /** Who it goes to: the key of a segment of the example partnership. */
  readonly segment?: string;
  /** "now", or a local time. */
  readonly due?: string;
  readonly urgent?: boolean;
}

const paragraphs = [
  "When the clocks go back it gets dark before many of us are home. A dark, quiet house can look empty, so a few small habits make a real difference to everyone in the street.",
  "Put a lamp on a timer in a room that faces the street. Lock every door, even when you are in, and keep keys out of sight and away from the letterbox.",
];

export const benchCampaign = ({
  key,
  segment = "all-residents",
  due = "now",
  urgent,
}: BenchCampaign): string =>
  `campaign:
  key: ${key}
  title: "Dark nights, measured"
  purpose: "Shows how fast and how safely a message of ordinary size goes out."
  priority: safer-neighbourhoods
  objective: prevent-crime
  emphasis: [prevention-advice]
  place_or_issue: issue
  class: ${urgent ? "emergency" : "public-task-information"}
  audience: [${segment}]
  channels: [email]
  lead_agency: police
  contributing: [council]
  author: priya.nair@police.example.org
  approver: tom.ellery@council.example.org
  due: "${due}"
  communications:
    - key: main
      title: "Dark nights, measured"
      content:
        en:
          email:
            subject: "Dark nights in {{ward|your area}}: quick jobs for your home"
            preheader: "Ten minutes this week."
            opening:
              - paragraph: "Hello {{first_name|neighbour}},"
            blocks:
${paragraphs.map((text) => `              - paragraph: "${text}"`).join("\n")}
`;
