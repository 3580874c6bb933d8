import type { components, paths } from "./schema";

type Schemas = components["schemas"];

export type AcceptedFrame = Schemas["AcceptedFrame"];
export type CreatedMeeting = Schemas["CreatedMeeting"];
export type Findings = Schemas["Findings"];
export type Flag = Schemas["FlagAnswer"];
export type FlagPage = Schemas["FlagPage"];
export type FlagKind = Schemas["FlagKind"];
export type Frame = paths["/detect_faces"]["post"]["requestBody"]["content"]["application/json"];
export type Job = Schemas["JobAnswer"];
export type JoinedParticipant = Schemas["JoinedParticipant"];
export type Meeting = Schemas["MeetingInfo"];
export type MeetingRules = Schemas["RulesAnswer"];
export type MessageList = Schemas["MessageList"];
export type MessageRecord = Schemas["MessageRecord"];
export type RuleOverrides = Schemas["RuleOverrides"];
export type People = Schemas["People"];
export type Person = Schemas["Person"];
export type PersonState = Schemas["Presence"];
export type Problem = Schemas["Problem"];
export type Review = Schemas["Review"];
export type UnacknowledgedRecipients = Schemas["UnacknowledgedRecipients"];
