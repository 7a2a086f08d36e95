using System.Net.WebSockets;

namespace WunderProxy.ClientApplication;

/// <summary>A page that opens a WebSocket and an event stream, and shows what came of them.</summary>
internal static class BrowserRoutes
{
    private const string Page =
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>waiting</title></head>
        <body><p id="socket"></p><p id="events"></p><p id="posted"></p>
        <script>
          const show = (id, text) => {
            document.getElementById(id).textContent += text + ' ';
          };
          const socketDone = new Promise(done => {
            const socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/ws`, 'echo');
            socket.onopen = () => socket.send('one');
            socket.onmessage = message => {
              show('socket', message.data);
              message.data === 'one' ? socket.send('zwei \u00fc') : socket.close(1000);
            };
            socket.onclose = closed => { show('socket', `closed ${closed.code} ${closed.wasClean}`); done(); };
          });
          const eventsDone = new Promise(done => {
            const events = new EventSource('/events');
            events.onmessage = event => show('events', `${event.lastEventId}:${event.data}`);
            events.addEventListener('end', () => { events.close(); done(); });
          });
          const posted = fetch('/upload', { method: 'POST', body: new Uint8Array(100000) })
            .then(answer => answer.text()).then(text => show('posted', text.split(' ')[0]));
          Promise.all([socketDone, eventsDone, posted]).then(() => { document.title = 'done'; });
        </script></body></html>
        """;

    public static void Map(WebApplication app)
    {
        app.MapGet("/page", () => Results.Content(Page, "text/html; charset=utf-8"));
        app.MapGet("/events", SendEventsAsync);
        app.Map("/ws", EchoAsync);
    }

    private static async Task SendEventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        for (var i = 1; i <= 3; i++)
        {
            await context.Response.WriteAsync($"id: {i}\ndata: event\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        await context.Response.WriteAsync("event: end\ndata: x\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);

        // A real stream never ends: the browser closes it.
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync("echo");
        var buffer = new byte[4096];
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
}
