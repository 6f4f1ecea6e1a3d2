import './confirmation.css'
import { Button, Modal } from '@mantine/core'
import { texts } from './texts.ts'

/** Asks before something that can not be taken back. */
export function Confirmation({
  opened,
  title,
  hint,
  action,
  cancel = texts.cancel,
  onConfirm,
  onClose,
}: {
  opened: boolean
  title: string
  hint: string
  action: string
  cancel?: string
  onConfirm: () => void
  onClose: () => void
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      lockScroll={false}
      radius="lg"
      closeButtonProps={{ 'aria-label': cancel }}
      classNames={{ title: 'confirmation-title' }}
    >
      <p className="confirmation-hint">{hint}</p>
      <div className="confirmation-actions">
        <Button variant="default" onClick={onClose} data-autofocus>
          {cancel}
        </Button>
        <Button color="var(--k-live)" autoContrast={false} c="white" onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Modal>
  )
}
