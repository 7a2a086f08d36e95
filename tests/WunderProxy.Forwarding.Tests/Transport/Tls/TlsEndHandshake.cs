using System.Buffers;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>The handshake of a TLS end in memory over a connection in memory.</summary>
internal static class TlsEndHandshake
{
    public static async Task ShakeHandsAsync(this TlsEnd end, TransportConnection far)
    {
        while (true)
        {
            var step = end.Handshake();
            await far.Output.WriteAsync(end.TakeSent());
            if (step == TlsStep.Done)
            {
                return;
            }

            var read = await far.Input.ReadAsync();
            end.Arrive(read.Buffer.ToArray());
            far.Input.AdvanceTo(read.Buffer.End);
        }
    }
}
