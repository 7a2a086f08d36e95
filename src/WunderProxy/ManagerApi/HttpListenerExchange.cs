using System.Net;
using WunderProxy.ManagerApi.Events;

namespace WunderProxy.ManagerApi;

/// <summary>Converts between <see cref="HttpListener"/> and the API's own request and response types.</summary>
internal static class HttpListenerExchange
{
    private const string SecretHeader = "Wunderproxy-Secret";
    private const string CallerHeader = "Wunderproxy-Caller";
    private const string TargetHeader = "Wunderproxy-Target";
    private const string HostHeader = "Wunderproxy-Host";
    private const string SchemeHeader = "Wunderproxy-Scheme";
    /// <summary>Longest time for a caller to receive a whole answer, except a stream of progress lines.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Longest time for a caller to send the rest of a body that no handler reads.</summary>
    private static readonly TimeSpan LeftoverTimeout = TimeSpan.FromSeconds(2);

    private const string UserHeader = "Wunderproxy-User";
    private const string CrowdedHeader = "Wunderproxy-Crowded";

    /// <summary>
    /// Returns the secret that the front end set; empty if the call did not come through the front end.
    /// </summary>
    public static string SecretOf(HttpListenerRequest request) => request.Headers[SecretHeader] ?? string.Empty;

    /// <summary>Reads a call with the fields that the front end sets; returns null if they name no caller.</summary>
    public static ApiRequest? Read(HttpListenerRequest request)
    {
        if (ApiCaller.Parse(request.Headers[CallerHeader] ?? string.Empty, request.Headers[UserHeader]) is not { } caller)
        {
            return null;
        }

        // The front end always asks HttpListener for "/", because HttpListener would refuse some targets by itself.
        var target = request.Headers[TargetHeader] ?? "/";
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return new ApiRequest
        {
            Method = request.HttpMethod,
            Path = Uri.UnescapeDataString(query < 0 ? target : target[..query]),
            Query = ParseQuery(query < 0 ? string.Empty : target[(query + 1)..]),
            Header = name => request.Headers[name],
            HeaderNames = request.Headers.AllKeys.OfType<string>(),
            Caller = caller,
            IsCrowded = request.Headers[CrowdedHeader] is not null,
            Host = request.Headers[HostHeader] ?? string.Empty,
            Scheme = request.Headers[SchemeHeader] ?? "http",
            ContentLength = request.ContentLength64,
            Body = request.HasEntityBody ? request.InputStream : Stream.Null,
        };
    }

    /// <summary>Sends an answer; for HEAD only its head.</summary>
    /// <exception cref="TimeoutException">The caller does not accept the answer in time.</exception>
    public static async Task WriteAsync(
        HttpListenerContext context, ApiResponse answer, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.Headers["Server"] = "wunderproxy";
        response.Headers["Cache-Control"] = "no-store";
        response.Headers["X-Content-Type-Options"] = "nosniff";
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        if (answer.Stream is { } watcher)
        {
            await WriteStreamAsync(response, watcher, cancellationToken);
        }
        else if (answer.Lines is { } lines)
        {
            await WriteLinesAsync(response, lines, cancellationToken);
        }
        else
        {
            response.ContentLength64 = answer.Body.Length;
            if (context.Request.HttpMethod != "HEAD")
            {
                await response.OutputStream.WriteAsync(answer.Body, cancellationToken).AsTask()
                    .WaitAsync(AnswerTimeout, cancellationToken);
            }
        }

        await FinishAsync(context, cancellationToken);
    }

    /// <summary>Ends an exchange that failed, or whose caller has left.</summary>
    /// <param name="context">The exchange.</param>
    /// <param name="isStream">
    /// Whether the answer was a stream. HttpListener then writes a last chunk, for which a caller that does not read
    /// makes it wait until our front end gives up, so that a thread of its own is needed.
    /// </param>
    public static void Abort(HttpListenerContext context, bool isStream)
    {
        if (isStream)
        {
            _ = Task.Factory.StartNew(
                () => Abort(context), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        else
        {
            Abort(context);
        }
    }

    private static void Abort(HttpListenerContext context)
    {
        try
        {
            context.Response.Abort();
        }
        catch (Exception exception)
            when (exception is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is closed already.
        }
    }

    /// <summary>
    /// Ends the exchange after reading the rest of the body without a thread. HttpListener would block a pool thread
    /// for a second where a body was not read to its end.
    /// </summary>
    private static async Task FinishAsync(HttpListenerContext context, CancellationToken cancellationToken)
    {
        if (context.Request.HasEntityBody && !await IsReadAwayAsync(context, cancellationToken))
        {
            context.Response.Abort();
            return;
        }

        context.Response.Close();
    }

    private static async Task<bool> IsReadAwayAsync(HttpListenerContext context, CancellationToken cancellationToken)
    {
        if (context.Response.StatusCode == 408)
        {
            // The body is still being read after a long time. Our front end takes the answer and closes.
            await Task.Delay(LeftoverTimeout, TimeProvider.System, cancellationToken);
            return false;
        }

        try
        {
            await context.Request.InputStream.CopyToAsync(Stream.Null, cancellationToken)
                .WaitAsync(LeftoverTimeout, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or HttpListenerException or IOException)
        {
            return false;
        }
    }

    private static async Task WriteLinesAsync(
        HttpListenerResponse response,
        IAsyncEnumerable<ReadOnlyMemory<byte>> lines,
        CancellationToken cancellationToken)
    {
        response.SendChunked = true;
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            await response.OutputStream.WriteAsync(line, cancellationToken);
            await response.OutputStream.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Sends a live stream until it ends, or its watcher does not keep up.</summary>
    private static async Task WriteStreamAsync(
        HttpListenerResponse response, EventWatcher watcher, CancellationToken cancellationToken)
    {
        response.SendChunked = true;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watcher.Cut);
        try
        {
            await foreach (var block in watcher.ReadAsync(ending.Token))
            {
                // On a thread of the pool: HttpListener writes the frame of a chunk synchronously, and the first wait
                // for a watcher that does not read may be there.
                await Task.Run(async () => await response.OutputStream.WriteAsync(block), CancellationToken.None)
                    .WaitAsync(EventWatcher.WriteTimeout, TimeProvider.System, ending.Token);
            }
        }
        catch (Exception exception) when (exception is TimeoutException || watcher.Cut.IsCancellationRequested)
        {
            watcher.OnStuck();
            throw;
        }
    }

    private static Dictionary<string, string> ParseQuery(string query)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            parameters[Decode(name)] = equals < 0 ? string.Empty : Decode(pair[(equals + 1)..]);
        }

        return parameters;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
