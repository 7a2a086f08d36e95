using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using WunderProxy.Forwarding.Applications;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;

namespace WunderProxy.Forwarding.Exchanges.Answers;

/// <summary>Writes the answers that the proxy makes itself, to any kind of stream. One object for each loop.</summary>
internal sealed class ErrorAnswers(ForwarderSettings settings, WallClock clock)
{
    private const int MaxDecimalBytes = 20;

    /// <summary>Writes an answer about an error, which the caller flushes.</summary>
    /// <param name="client">The client to answer.</param>
    /// <param name="pages">Bodies of the answers.</param>
    /// <param name="answer">What to tell the client.</param>
    /// <param name="fault">Name of the error or the broken rule in the source.</param>
    /// <param name="mayPersist">Whether the connection may serve other exchanges afterwards.</param>
    public void Write(ClientStream client, ErrorPages pages, ErrorAnswer answer, string fault, bool mayPersist)
    {
        var asJson = settings.StampSecret is not null || PrefersJson(client.Request);
        var body = settings.StampSecret is null
            ? pages.BodyOf(answer.Status, asJson)
            : ApiErrorBody.Of(answer.Status, fault);
        client.BeginAnswer(answer.Status, ErrorPages.ReasonOf(answer.Status), mayPersist);
        Field(client, HeaderName.Date, clock.Date);
        Field(client, HeaderName.ContentType, asJson ? "application/json"u8 : "text/html; charset=utf-8"u8);
        Field(client, HeaderName.ContentLength, body.Length);
        Field(client, HeaderName.CacheControl, "no-store"u8);
        Field(client, HeaderName.ProxyStatus, ProxyStatusOf(answer));
        if (answer.RetryAfterSeconds > 0)
        {
            Field(client, HeaderName.RetryAfter, answer.RetryAfterSeconds);
        }

        WriteHsts(client);
        if (answer.Status == 405)
        {
            client.WriteField("Allow"u8, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"u8);
        }

        client.WriteBody(client.Request.KnownMethod == KnownMethod.Head ? default : body.Span);
    }

    /// <summary>Writes the redirect to the same address with <c>https</c>, which the caller flushes.</summary>
    public void WriteRedirect(ClientStream client)
    {
        client.BeginAnswer(HttpsRedirect.Status, "Permanent Redirect", mayPersist: true);
        Field(client, HeaderName.Date, clock.Date);
        Field(client, HeaderName.Location, HttpsRedirect.LocationOf(client.Request, settings.HttpsPort));
        Field(client, HeaderName.ContentLength, 0);
        client.WriteBody(default);
    }

    /// <summary>Writes the proxy's own answer to OPTIONS, which the caller flushes.</summary>
    public void WriteOptions(ClientStream client)
    {
        client.BeginAnswer(200, "OK", mayPersist: true);
        Field(client, HeaderName.Date, clock.Date);
        Field(client, HeaderName.ContentLength, 0);
        WriteHsts(client);
        client.WriteBody(default);
    }

    /// <summary>Writes the answer to a certificate authority's request, which the caller flushes.</summary>
    public void WriteChallenge(ClientStream client, byte[] body)
    {
        client.BeginAnswer(200, "OK", mayPersist: true);
        Field(client, HeaderName.Date, clock.Date);
        Field(client, HeaderName.ContentType, "application/octet-stream"u8);
        Field(client, HeaderName.ContentLength, body.Length);
        Field(client, HeaderName.CacheControl, "no-store"u8);
        WriteHsts(client);
        client.WriteBody(client.Request.KnownMethod == KnownMethod.Head ? default : body);
    }

    private static void WriteHsts(ClientStream client)
    {
        if (client.Hsts is { } hsts)
        {
            Field(client, HeaderName.StrictTransportSecurity, hsts);
        }
    }

    private static byte[] ProxyStatusOf(ErrorAnswer answer) => Encoding.ASCII.GetBytes(
        answer.ProxyStatus.Length == 0 ? "wunderproxy" : $"wunderproxy; error={answer.ProxyStatus}");

    private static void Field(ClientStream client, HeaderName name, ReadOnlySpan<byte> value) =>
        client.WriteField(HeaderNames.Spelling(name), value);

    private static void Field(ClientStream client, HeaderName name, long value)
    {
        Span<byte> text = stackalloc byte[MaxDecimalBytes];
        var fits = Utf8Formatter.TryFormat(value, text, out var length);
        Debug.Assert(fits, "there is room for every number");
        Field(client, name, text[..length]);
    }

    // A program that accepts JSON and does not ask for HTML gets JSON; weights are not worth a parser here.
    private static bool PrefersJson(RequestHead head)
    {
        var accept = head.ValueOf(HeaderName.Accept);
        return accept.IndexOf("application/json"u8) >= 0 && accept.IndexOf("text/html"u8) < 0;
    }
}
