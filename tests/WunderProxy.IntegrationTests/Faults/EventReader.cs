using System.Globalization;
using System.Net;

namespace WunderProxy.IntegrationTests.Faults;

/// <summary>Reads event streams, one after the other; events must come whole and in order.</summary>
internal sealed class EventReader(IPEndPoint proxy)
{
    private readonly List<string> _faults = [];
    private int _events;

    /// <summary>Events that came.</summary>
    public int Events => Volatile.Read(ref _events);

    /// <summary>Refused streams, and events that were missing or out of order; to be read at the end.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public async Task RunAsync(CancellationToken stopping)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ReadOneAsync(http, stopping);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // The reader aborts its own request then, and whatever was under way says so in its own way.
                return;
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError != HttpRequestError.ResponseEnded)
            {
                _faults.Add(exception.Message);
            }
            catch (Exception exception) when (exception is HttpIOException or HttpRequestException or IOException)
            {
                // Closed at the deadline of its drain: what an event stream's reader expects, it opens another.
            }
        }
    }

    private async Task ReadOneAsync(HttpClient http, CancellationToken stopping)
    {
        using var response = await http.GetAsync(
            new Uri($"http://{proxy}/events?ms=20"), HttpCompletionOption.ResponseHeadersRead, stopping);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stopping));
        for (var expected = 1; await reader.ReadLineAsync(stopping) is { } line;)
        {
            if (!line.StartsWith("id: ", StringComparison.Ordinal))
            {
                continue;
            }

            if (!int.TryParse(line.AsSpan(4), CultureInfo.InvariantCulture, out var id) || id != expected)
            {
                _faults.Add($"'{line}' instead of event {expected}");
                return;
            }

            expected++;
            Interlocked.Increment(ref _events);
        }
    }
}
