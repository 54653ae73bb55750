// Waiting for a job in a page that shows nothing else of it.

import { Problem } from "./api.js";
import { follow } from "./events.js";
import { _ } from "./text.js";

const GONE = _("This job is no longer here.");
const CANCELED = _("It was canceled.");

/** Follow a job to its end; gives it when it succeeded, else throws its problem. `onChange` hears every state. */
export function finished(job, onChange = () => {}) {
  return new Promise((resolve, reject) => {
    const feed = follow(job.urls.events, {
      after: 0,
      pace: () => 500,
      onState: (state) => state === "gone" && reject(new Problem(404, { title: GONE })),
      onEvents: (events) => events.forEach(({ data }) => data.id === job.id && hear(data)),
    });
    function hear(now) {
      onChange(now);
      if (!["succeeded", "failed", "canceled", "needs_review"].includes(now.state)) return;
      feed.stop();
      if (now.state === "succeeded") resolve(now);
      else reject(new Problem(0, now.error ?? { title: CANCELED }));
    }
  });
}
