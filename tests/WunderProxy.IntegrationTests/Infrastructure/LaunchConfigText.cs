using System.Text.Json.Nodes;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>Launch configs of the sample application as text.</summary>
internal static class LaunchConfigText
{
    /// <summary>Returns the launch config of a revision; the environment is given as NAME=VALUE.</summary>
    public static string Of(string revision, params string[] environment) => Document(revision, environment).ToJsonString();

    public static JsonObject Document(string revision, params string[] environment) => new()
    {
        ["ContainerConfig"] = new JsonObject
        {
            ["Env"] = new JsonArray([$"REVISION={revision}", .. environment.Select(line => JsonValue.Create(line))]),
        },
        ["HostConfig"] = new JsonObject
        {
            ["PortBindings"] = new JsonObject
            {
                ["9292/tcp"] = new JsonArray(new JsonObject { ["HostIp"] = "127.0.0.1", ["HostPort"] = "" }),
            },
        },
        ["HealthCheckPath"] = "/up",
        ["Revision"] = revision,
    };
}
