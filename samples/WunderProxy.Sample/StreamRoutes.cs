using System.Net.WebSockets;

namespace WunderProxy.Sample;

/// <summary>Answers that take their time: chunked streams, server-sent events, WebSockets.</summary>
internal static class StreamRoutes
{
    private const int MessageBytes = 64 * 1024;

    public static void Map(WebApplication app)
    {
        app.MapGet("/stream", StreamAsync);
        app.MapGet("/events", EventsAsync);
        app.Map("/ws", EchoAsync);
    }

    private static async Task StreamAsync(HttpContext context, int count, int ms)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        for (var i = 1; i <= count; i++)
        {
            await context.Response.WriteAsync($"line {i} of {count}\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await PauseAsync(ms, context.RequestAborted);
        }
    }

    /// <summary>Server-sent events, for ever when no count is given.</summary>
    private static async Task EventsAsync(HttpContext context, int? count, int? ms)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            for (var i = 1; count is null || i <= count; i++)
            {
                await context.Response.WriteAsync($"id: {i}\ndata: event {i}\n\n", either.Token);
                await context.Response.Body.FlushAsync(either.Token);
                await PauseAsync(ms ?? 1000, either.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The stream ends in order when the application does.
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[MessageBytes];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (message.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            await socket.SendAsync(
                buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }
    }

    private static Task PauseAsync(int ms, CancellationToken cancellationToken) => ms > 0
        ? Task.Delay(TimeSpan.FromMilliseconds(ms), TimeProvider.System, cancellationToken)
        : Task.CompletedTask;
}
