import { Banner } from "./Banner";
import { Icon } from "./Icon";

interface Props {
  message: string;
  onRetry?: () => void;
}

/** Why an action failed; announced at once. */
export function Failure({ message, onRetry }: Props) {
  return (
    <Banner tone="danger" role="alert">
      <Icon name="warning" />
      <p>{message}</p>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </Banner>
  );
}
