"""The portal's only way to the platform. Views use `request.platform`."""

from portal.api_client.calls import Visitor
from portal.api_client.parallel import afterwards, parallel
from portal.api_client.resources import Platform
from portal.api_client.viewer import Viewer

__all__ = ["Platform", "Viewer", "Visitor", "afterwards", "parallel"]
