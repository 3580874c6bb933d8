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
        <dd>
          How many people are in the picture, whether your face can be seen, and whether the picture is dark
          or blank. Nobody checks whose face it is.
        </dd>
        <dt>Who sees it</dt>
        <dd>
          The invigilators of this exam: a small copy of your newest picture for about a minute, and every
          picture that is kept. You are told at once if something seems wrong. That isn't an accusation: a
          person reviews every flag.
        </dd>
        <dt>Who watches live</dt>
        <dd>
          {provider === "none"
            ? "During the exam an invigilator may watch your camera for a while, without sound. Your page says so for as long as it lasts, and none of it is recorded. The two browsers talk to each other directly if they can, and so learn each other's network address."
            : `You take the exam in a video meeting, with picture and sound, that runs over ${VENDORS[provider]}, outside this server.`}
        </dd>
        <dt>Which pictures are kept</dt>
        <dd>
          {`Pictures in which something seems wrong: more than one person, nobody, no visible face, or a dark, blank or frozen picture. They are kept for ${countDays(days)} ${PLACES[meeting.evidence_store]}, then deleted. All others are deleted as soon as they have been checked.`}
        </dd>
        <dt>What else is kept</dt>
        <dd>
          {`Your name, what was found, and the messages to you: until the exam office erases them. The notes of each minute: for ${countDays(meeting.log_retention_days)}. In this browser, so that you can return after closing the tab: your name, your place in the exam, and its warnings and messages. They are deleted when you remove your name after leaving, or when this site is next opened after a day.`}
        </dd>
        {meeting.office_contact && (
          <>
            <dt>Whom to ask</dt>
            <dd>
              <span>The exam office, also if you want to see or erase what is kept about you:</span>{" "}
              <bdi>{meeting.office_contact}</bdi>
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

function countDays(days: number): string {
  return days === 1 ? "one day" : `${days} days`;
}
