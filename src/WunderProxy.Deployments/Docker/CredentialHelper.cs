using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using WunderProxy.Deployments.Docker.Models;

namespace WunderProxy.Deployments.Docker;

/// <summary>
/// A program <c>docker-credential-NAME</c> that stores registry logins, called as the Docker client does.
/// </summary>
internal sealed class CredentialHelper(string name, string searchPath, TimeProvider clock)
{
    /// <summary>User name by which a helper marks its secret as an identity token.</summary>
    private const string TokenUser = "<token>";

    /// <summary>
    /// Text by which a helper says that it has no login (docker-credential-helpers, <c>credentials/error.go</c>).
    /// </summary>
    private const string NotFound = "credentials not found";

    private const int MaxShown = 200;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private string Program => $"docker-credential-{name}";

    /// <summary>Asks the helper for the login of a registry.</summary>
    /// <returns>The login, or null if the helper has none.</returns>
    /// <exception cref="CredentialHelperException">
    /// The program is missing, fails, or does not answer within 30 s.
    /// </exception>
    public async Task<RegistryLogin?> FindAsync(string registry, CancellationToken cancellationToken)
    {
        using var limit = new CallTimeout(Limit, clock, cancellationToken);
        using var process = Start(registry);
        try
        {
            // Both streams are read, since a helper that writes much to an unread stream would wait for ever.
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            await SendAsync(process, registry, limit.Token);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? Read(await output, registry)
                : Explain(process.ExitCode, await output, await errors, registry);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new CredentialHelperException($"{Program} did not answer for {registry} in {Limit.TotalSeconds:0} s");
        }
    }

    private Process Start(string registry)
    {
        var path = searchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, Program))
            .FirstOrDefault(File.Exists)
            ?? throw new CredentialHelperException($"{Program}, which is to know the login of {registry}, is not in PATH");
        try
        {
            return Process.Start(new ProcessStartInfo(path, ["get"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception exception)
        {
            throw new CredentialHelperException($"{path}, which is to know the login of {registry}, cannot be run: {exception.Message}", exception);
        }
    }

    private static async Task SendAsync(Process process, string registry, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(registry.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The helper ended without reading its input; its exit code says why.
        }
    }

    private RegistryLogin? Read(string output, string registry)
    {
        try
        {
            var answer = JsonSerializer.Deserialize(output, DockerJsonContext.Default.CredentialHelperAnswer);
            return answer?.Username switch
            {
                null or "" => null,
                TokenUser => new RegistryLogin { IdentityToken = answer.Secret, ServerAddress = registry },
                _ => new RegistryLogin { Username = answer.Username, Password = answer.Secret, ServerAddress = registry },
            };
        }
        catch (JsonException)
        {
            // The output is not shown: it may contain the secret.
            throw new CredentialHelperException($"{Program} answered for {registry} with something that is not JSON");
        }
    }

    private RegistryLogin? Explain(int exitCode, string output, string errors, string registry)
    {
        var said = (output + " " + errors).ReplaceLineEndings(" ").Trim();
        return said.Contains(NotFound, StringComparison.OrdinalIgnoreCase)
            ? null
            : throw new CredentialHelperException(
                $"{Program} failed for {registry} with code {exitCode}: {(said.Length > MaxShown ? said[..MaxShown] : said)}");
    }
}
