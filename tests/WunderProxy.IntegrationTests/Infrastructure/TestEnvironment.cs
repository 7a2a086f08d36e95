namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>
/// The addresses and keys of engine, stores and registry: from the environment, else from the file that
/// <c>eng/setup.sh</c> wrote. A missing value fails the test that asks for it; nothing is skipped.
/// </summary>
internal static class TestEnvironment
{
    private static readonly Dictionary<string, string> Written = ReadFile();

    /// <summary>Folder in which <c>eng/setup.sh</c> keeps everything.</summary>
    public static string RunFolder => Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_DIR") ?? "/tmp/wunderproxy-test";

    /// <summary>Address of the test engine, <c>unix://PATH</c>.</summary>
    public static string DockerHost => Get("WUNDERPROXY_TEST_DOCKER_HOST");

    /// <summary>Port of the test registry on 127.0.0.1.</summary>
    public static int RegistryPort => int.Parse(Get("WUNDERPROXY_TEST_REGISTRY_PORT"));

    /// <summary>The variables by which the AWS SDK finds the S3 server, as the user with all rights.</summary>
    public static IReadOnlyDictionary<string, string> S3Variables => S3VariablesOf("S3");

    /// <summary>Variables for a user who has no rights on the bucket.</summary>
    public static IReadOnlyDictionary<string, string> PoorS3Variables => S3VariablesOf("S3_POOR");

    /// <summary>The bucket for launch configs and history.</summary>
    public static string S3Bucket => Get("WUNDERPROXY_TEST_S3_BUCKET");

    /// <summary>The bucket for image files.</summary>
    public static string S3ImageBucket => Get("WUNDERPROXY_TEST_S3_IMAGE_BUCKET");

    /// <summary>The transport for programs whose test does not choose one; null for the default.</summary>
    public static string? Transport => Environment.GetEnvironmentVariable("WUNDERPROXY_TEST_TRANSPORT");

    /// <summary>Returns the value of a variable.</summary>
    /// <exception cref="AssertionException">The variable is not set.</exception>
    public static string Get(string name)
    {
        var value = Environment.GetEnvironmentVariable(name) ?? Written.GetValueOrDefault(name);
        if (value is null)
        {
            Assert.Fail($"{name} is not set: run eng/setup.sh first (it writes {RunFolder}/env)");
        }

        return value!;
    }

    private static Dictionary<string, string> S3VariablesOf(string user) => new(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = Get("WUNDERPROXY_TEST_S3_ENDPOINT"),
        ["AWS_ACCESS_KEY_ID"] = Get($"WUNDERPROXY_TEST_{user}_ACCESS_KEY"),
        ["AWS_SECRET_ACCESS_KEY"] = Get($"WUNDERPROXY_TEST_{user}_SECRET_KEY"),
        ["AWS_REGION"] = Get("AWS_REGION"),
    };

    private static Dictionary<string, string> ReadFile()
    {
        var file = Path.Combine(RunFolder, "env");
        return !File.Exists(file)
            ? []
            : File.ReadLines(file).Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
                .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }
}
