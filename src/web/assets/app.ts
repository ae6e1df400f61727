// Everything the pages do with JavaScript. All of it is an extra: each page works without.
import {
  Button,
  createAll,
  ErrorSummary,
  ExitThisPage,
  NotificationBanner,
  ServiceNavigation,
  SkipLink,
} from "govuk-frontend";
import { startLive } from "./live.ts";

createAll(SkipLink);
createAll(ServiceNavigation);
createAll(ErrorSummary);
createAll(NotificationBanner);
createAll(Button);
createAll(ExitThisPage);
startLive();
