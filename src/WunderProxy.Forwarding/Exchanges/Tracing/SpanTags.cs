using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WunderProxy.Forwarding.Exchanges.AccessLogs;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Tracing;

/// <summary>
/// Writes attributes of spans by the names of OpenTelemetry's conventions for HTTP. What a client sent is cut at 1,024 bytes.
/// </summary>
internal static class SpanTags
{
    private const int MostTextBytes = 1024;

    /// <summary>The name of a span about the request: its method if that is a known one, else <c>HTTP</c>.</summary>
    public static string NameOf(ClientStream client) =>
        client.IsHeadComplete && client.Request.KnownMethod != KnownMethod.Other
            ? Encoding.ASCII.GetString(client.Request.Method)
            : "HTTP";

    /// <summary>Sets the method: one of the known ones, or <c>_OTHER</c> beside the method as it was sent.</summary>
    public static void SetMethod(Activity span, ClientStream client)
    {
        if (client.IsHeadComplete && client.Request.KnownMethod != KnownMethod.Other)
        {
            span.SetTag("http.request.method", span.OperationName);
            return;
        }

        span.SetTag("http.request.method", "_OTHER");
        if (client.IsHeadComplete)
        {
            span.SetTag("http.request.method_original", Text(client.Request.Method));
        }
    }

    /// <summary>Sets the server as the value of Host names it; nothing if the value is empty.</summary>
    public static void SetServer(Activity span, ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        if (colon > host.LastIndexOf((byte)']') && int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            span.SetTag("server.port", port);
            host = host[..colon];
        }

        if (!host.IsEmpty)
        {
            span.SetTag("server.address", Text(host));
        }
    }

    /// <summary>Sets the server to the address of an endpoint; that of a unix socket is its path, without a port.</summary>
    public static void SetServer(Activity span, EndPoint address)
    {
        switch (address)
        {
            case IPEndPoint ip:
                span.SetTag("server.address", ip.Address.ToString());
                span.SetTag("server.port", ip.Port);
                break;
            case DnsEndPoint name:
                span.SetTag("server.address", name.Host);
                span.SetTag("server.port", name.Port);
                break;
            case UnixDomainSocketEndPoint socket:
                span.SetTag("server.address", socket.ToString());
                break;
        }
    }

    /// <summary>Sets <c>error.type</c> to the kind of the error, or else to a status that counts as a failure.</summary>
    /// <param name="span">The span.</param>
    /// <param name="error">The error; none if the response was relayed.</param>
    /// <param name="status">Status of the response; 0 if there was none.</param>
    /// <param name="firstFailure">The lowest status that is a failure in the eyes of the span's side.</param>
    public static void SetError(Activity span, ForwardError error, int status, int firstFailure)
    {
        if (error != ForwardError.None)
        {
            span.SetTag("error.type", error.ToString());
        }
        else if (status >= firstFailure)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>
    /// Returns the text of a path with its secret values masked. A path may have parameters too, and hold another target
    /// with its query, encoded.
    /// </summary>
    public static string PathText(ReadOnlySpan<byte> path)
    {
        path = path[..Math.Min(path.Length, MostTextBytes)];
        if (!SecretValues.MayBeIn(path))
        {
            return Text(path);
        }

        var text = new StringBuilder();
        var shown = 0;
        for (var secrets = new SecretValues(path); secrets.MoveNext(); shown = secrets.End)
        {
            text.Append(Text(path[shown..secrets.Start])).Append(Text(LogEntry.Masked));
        }

        return text.Append(Text(path[shown..])).ToString();
    }

    /// <summary>Returns bytes as text; those that are no UTF-8 are replaced.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MostTextBytes)]);
}
