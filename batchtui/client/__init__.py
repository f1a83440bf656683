"""The Azure SDKs, adapted to `batchtui.core.gateway`. The only package that imports azure.*."""
