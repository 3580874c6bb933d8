import { Icon } from "./Icon";

interface Props {
  message: string;
  onRetry?: () => void;
}

/** Why an action failed; announced at once. */
export function Failure({ message, onRetry }: Props) {
  return (
    <div className="failure" role="alert">
      <Icon name="warning" />
      <p>{message}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
