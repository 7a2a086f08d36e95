using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

[TestFixture]
[Parallelizable]
internal sealed class ImageNameTests
{
    [TestCase("app", "app", "latest", ImageName.DockerHub)]
    [TestCase("team/app:r1", "team/app", "r1", ImageName.DockerHub)]
    [TestCase("localhost:5000/app", "localhost:5000/app", "latest", "localhost:5000")]
    [TestCase("localhost/app:2", "localhost/app", "2", "localhost")]
    [TestCase("r.example:5000/t/app:r1", "r.example:5000/t/app", "r1", "r.example:5000")]
    [TestCase("r.example/app@sha256:ab", "r.example/app", "sha256:ab", "r.example")]
    [TestCase("r.example/app:r1@sha256:ab", "r.example/app", "sha256:ab", "r.example")]
    public void Reference_is_split_as_the_engine_does(string text, string repository, string tag, string registry)
    {
        var name = ImageName.Parse(text);

        Assert.That((name.Repository, name.Tag, name.Registry), Is.EqualTo((repository, tag, registry)));
    }

    [TestCase("shop", "docker.io/library/shop:latest")]
    [TestCase("shop:42", "docker.io/library/shop:42")]
    [TestCase("team/shop:42", "docker.io/team/shop:42")]
    [TestCase("docker.io/shop:42", "docker.io/library/shop:42")]
    [TestCase("index.docker.io/team/shop:42", "docker.io/team/shop:42")]
    [TestCase("localhost/shop:42", "localhost/shop:42")]
    [TestCase("localhost:5000/shop:42", "localhost:5000/shop:42")]
    public void Short_names_mean_full_ones(string reference, string full) =>
        Assert.That(ImageName.Parse(reference).Normalize().ToString(), Is.EqualTo(full));

    [TestCase("shop", true)]
    [TestCase("team/shop-2.x__y", true)]
    [TestCase("a---b", true)]
    [TestCase("", false)]
    [TestCase("Shop", false)]
    [TestCase("-shop", false)]
    [TestCase("shop_", false)]
    [TestCase("a..b", false)]
    [TestCase("a___b", false)]
    [TestCase("/shop", false)]
    [TestCase("büro", false)]
    [TestCase("a:b", false)]
    public void Path_is_what_the_engine_takes_behind_a_registry(string text, bool isPath) =>
        Assert.That(ImageName.IsPath(text), Is.EqualTo(isPath));
}
