using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Monitoring;

/// <summary>A real Prometheus that scrapes instances every half second, with its data in a folder of its own.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wunderproxy-prometheus");
    private readonly Process _process;
    private readonly HttpClient _client;

    /// <summary>Starts the server.</summary>
    /// <param name="rules">Alert rules.</param>
    /// <param name="targets">Addresses of the instances' manager APIs.</param>
    public PrometheusServer(string rules, params string[] targets)
    {
        var address = WunderProxyProcess.FreeEndPoint();
        File.WriteAllText(Path.Combine(_folder.FullName, "alerts.yml"), rules);
        var config = Path.Combine(_folder.FullName, "prometheus.yml");
        File.WriteAllText(config, $"""
            global: {"{"}scrape_interval: 500ms, evaluation_interval: 500ms{"}"}
            rule_files: [alerts.yml]
            scrape_configs:
              - job_name: wunderproxy
                static_configs: [{"{"}targets: [{string.Join(", ", targets.Select(target => $"'{target}'"))}]{"}"}]
            """);
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{address}/") };
        _process = Process.Start(HostProgram.Describe(
            "prometheus",
            [
                $"--config.file={config}", $"--storage.tsdb.path={Path.Combine(_folder.FullName, "data")}",
                $"--web.listen-address={address}", "--log.level=error",
            ]))!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits until a query has results that satisfy the condition, and returns them.</summary>
    /// <param name="query">The query, in PromQL.</param>
    /// <param name="isGood">Judges labels and values of the results.</param>
    public async Task<IReadOnlyList<(string Labels, double Value)>> QueryAsync(
        string query, Func<IReadOnlyList<(string Labels, double Value)>, bool> isGood)
    {
        IReadOnlyList<(string Labels, double Value)> results = [];
        await Eventually.TrueAsync(
            query,
            async () =>
            {
                results = await QueryOnceAsync(query);
                return isGood(results);
            },
            seconds: 60);
        return results;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<IReadOnlyList<(string Labels, double Value)>> QueryOnceAsync(string query)
    {
        using var answer = await _client.GetAsync(new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
        if (!answer.IsSuccessStatusCode)
        {
            // Until it has opened its data it says so in plain words.
            return [];
        }

        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        if (document.RootElement.GetProperty("status").GetString() != "success")
        {
            return [];
        }

        return
        [
            .. document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(result => (
                result.GetProperty("metric").ToString(),
                double.Parse(result.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))),
        ];
    }
}
