"""The covers of the bundled songs: posters of their colours, titles and dances."""
