// Order matters within the layer.
import '@mantine/core/styles/Input.layer.css'
