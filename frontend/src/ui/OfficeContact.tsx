let contact: string | null = null;

/** For every message of this page, also one about a crash. */
export function setOfficeContact(next: string | null): void {
  contact = next;
}

/** How to reach the exam office, if the operator has set it. */
export function OfficeContact() {
  if (!contact) return null;
  return (
    <p>
      <span>Exam office:</span> <bdi>{contact}</bdi>
    </p>
  );
}
