"""Where providers ring: an accelerator only, because every job looks by itself too."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from generation.jobs import hasten
from generation.models import ProviderCall
from mvsite.common.errors import UserError
from mvsite.logs import debug_event


class ReplicateWebhookView(APIView):
    """`POST /api/mv/webhooks/replicate/{call}/{seal}`: look at the call now. What the body says is not believed."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def post(self, request: Request, call: str, seal: str) -> Response:
        """Ring for the call's job. Whatever is wrong is answered alike; a ring too many is harmless."""
        from generation.providers.replicate import webhooks  # with the SDK, which nobody else here needs

        body = request.body  # Django refuses more than DATA_UPLOAD_MAX_MEMORY_SIZE
        ours = settings.REPLICATE_API_TOKEN and webhooks.is_ours(call, seal)
        if not (ours and webhooks.is_signed(dict(request.headers.items()), body)):
            raise UserError("user:auth:forbidden")
        known = ProviderCall.objects.filter(pk=call, provider="replicate").only("job_id").first()
        rung = known is not None and hasten(known.job_id)
        debug_event("webhook_received", provider="replicate", call_id=call, rung=rung)
        return Response({"rung": rung})
