import type { Meeting } from "../../api/types";
import styles from "./Terms.module.css";

const PLACES: Record<Meeting["evidence_store"], string> = {
  local: "on this server",
  s3: "in the storage of this server's operator",
  imgur: "at imgur.com, a service outside this server, under a link that can't be guessed",
};

const VENDORS: Record<Exclude<Meeting["video"]["provider"], "none">, string> = {
  dyte: "Dyte, a service of Cloudflare",
  realtimekit: "Cloudflare RealtimeKit",
};

/** What happens to the pictures. */
export function Terms({ meeting }: { meeting: Meeting }) {
  const every = Math.max(1, Math.round(meeting.frame_interval_ms / 1_000));
  const days = meeting.evidence_retention_days;
  const { provider } = meeting.video;
  return (
    <>
      <h2>What happens here</h2>
      <dl className={styles.terms}>
        <dt>What is recorded</dt>
        <dd>
          {`${every === 1 ? "Every second" : `Every ${every} seconds`}, one still picture from your webcam. No video, no sound, nothing from your screen. For each minute it is noted whether you were seen, or why no picture came.`}
        </dd>
        <dt>What is looked for</dt>
        <dd>How many faces are in the picture. Nobody checks whose face it is.</dd>
        <dt>Who sees it</dt>
        <dd>
          The invigilators of this meeting: a small picture for about a minute and, if more than one person is
          seen, that picture in full. You are told at once, and a human decides what it means.
        </dd>
        <dt>Who watches live</dt>
        <dd>
          {provider === "none"
            ? "During the exam an invigilator may watch your camera for a while, without sound. Your page says so for as long as it lasts, and none of it is recorded. The two browsers talk to each other directly if they can, and so learn each other's network address."
            : `You sit the exam in a meeting, with picture and sound, that runs over ${VENDORS[provider]}, outside this server.`}
        </dd>
        <dt>How long it is kept</dt>
        <dd>
          {`Pictures in which nothing is wrong are deleted as soon as they have been checked. The others are kept for ${days === 1 ? "one day" : `${days} days`} ${PLACES[meeting.evidence_store]}, then deleted.`}
        </dd>
      </dl>
    </>
  );
}
