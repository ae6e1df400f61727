// A campaign and its communications as they are written down when planned.
import type { AuthoredText, WantedRendition } from "../domain/issue.ts";

export interface NewCampaign {
  readonly key: string;
  readonly title: string;
  readonly purpose: string;
  readonly priorityKey: string;
  readonly objective: string;
  readonly emphasis: string[];
  readonly level: string;
  readonly placeOrIssue: string;
  readonly class: string;
  readonly sensitivity: string;
  readonly seasonKey: string | null;
  readonly libraryKey: string | null;
  readonly leadAgencyKey: string;
  readonly contributing: readonly string[];
  readonly repeats: string | null;
  readonly skips: string[];
  /** The class helper's answers and who gave them. */
  readonly classAnswers: object | null;
}
export interface NewCommunication {
  readonly key: string;
  readonly title: string;
  readonly reference: string;
  readonly text: AuthoredText;
  readonly audience: string[];
  readonly channels: string[];
  readonly authorEmail: string;
  readonly approverEmail: string;
  readonly dueWall: string;
  readonly zone: string;
  readonly dueAt: string;
  readonly dueNote: string | null;
  readonly earliestWall: string | null;
  readonly earliestAt: string | null;
  readonly latestUsefulWall: string;
  readonly latestUsefulAt: string;
  readonly expiresWall: string | null;
  readonly expiresAt: string | null;
  readonly quietOverride: boolean;
  readonly quietOverrideWhy: string | null;
  readonly renditions: readonly WantedRendition[];
}
